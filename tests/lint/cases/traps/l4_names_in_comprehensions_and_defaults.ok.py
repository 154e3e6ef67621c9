import torch

values = [math for math in range(3) if math]
table = {os: sys for os, sys in enumerate("ab")}
total = sum(time * time for time in values)


def use(copy=values, *glob, re=None, **json):
    return copy.pop(), [glob.count for _ in glob], re.real, json.keys()


async def later(queue):
    async for item in queue.get():
        yield item.real
    async with queue.lock() as string:
        print(string.format())


print(torch.tensor(values), table, total)

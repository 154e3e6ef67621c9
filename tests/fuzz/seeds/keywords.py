nets = [i for i in range(stop=3)]

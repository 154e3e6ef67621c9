from settings import device
from things import Model, prepare

model = Model()
prepare(model)
print(model(model.sample()))

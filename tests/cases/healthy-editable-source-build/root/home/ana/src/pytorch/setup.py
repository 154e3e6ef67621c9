# pytorch

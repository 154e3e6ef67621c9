print("read the notebooks")

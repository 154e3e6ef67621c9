print("see tools/run.py")

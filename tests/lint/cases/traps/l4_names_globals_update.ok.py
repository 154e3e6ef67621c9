import importlib

for short, full in {"np": "numpy", "os": "os"}.items():
    globals()[short] = importlib.import_module(full)

print(np.pi, os.sep)

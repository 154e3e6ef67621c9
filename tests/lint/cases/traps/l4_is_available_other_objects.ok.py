class Backend:
    is_available = True

    class cuda:
        is_available = False


torch = Backend()
if torch.cuda.is_available:
    print("never")
print("a" if Backend.is_available else "b")

import torch
print "device", torch.cuda.is_available()
x = y.cuda(async=True)
try:
    exec "x = 1" in space
except Exception, e:
    print >>sys.stderr, `e`
raise ValueError, "old"

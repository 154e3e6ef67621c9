import masking

print(masking.mask_some)

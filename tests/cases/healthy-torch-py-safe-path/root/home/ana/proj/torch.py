# my notes about torch

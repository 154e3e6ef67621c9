#!/usr/bin/python3 -u
import torch

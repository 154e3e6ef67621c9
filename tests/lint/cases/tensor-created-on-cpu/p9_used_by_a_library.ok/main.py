from lines import train_lines

solvers = {"lines": train_lines}

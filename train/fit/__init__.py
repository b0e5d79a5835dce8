"""Training: recipes, the step, augmentation, the loop, the CPU's own gradients."""

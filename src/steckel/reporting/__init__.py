"""Reports as documents: how they are archived with the images."""

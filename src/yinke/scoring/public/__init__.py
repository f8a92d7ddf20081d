"""公开数据集: well-known sets on which the training code is measured beside what others have published."""

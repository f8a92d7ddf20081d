"""What can be asked about tasks, contacts and branches; every question takes the viewer."""

from yinke.care.queries.branch import branch
from yinke.care.queries.shape import contact_out
from yinke.care.queries.tasks import customer_tasks, task, task_out, workbench

__all__ = ["branch", "contact_out", "customer_tasks", "task", "task_out", "workbench"]

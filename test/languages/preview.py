"""Previews a program as an inline program, in which this process is the language host.

usage: preview.py PROGRAM.py FOLDER, where FOLDER has a Pulumi.yaml. Prints a line for each resource: operation and URN.
"""
import runpy
import sys

from pulumi import automation

program, folder = sys.argv[1:]


def show(event):
    step = event.resource_pre_event
    if step is not None:
        print(step.metadata.op.value, step.metadata.urn)


stack = automation.create_or_select_stack(
    stack_name="dev",
    project_name="newsletter",
    program=lambda: runpy.run_path(program) and None,
    opts=automation.LocalWorkspaceOptions(work_dir=folder),
)
stack.set_config("aws:region", automation.ConfigValue("eu-central-1"))
stack.preview(on_event=show)

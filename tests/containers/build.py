"""Builds the images of docker/compose.yaml and the stand-in for PostgreSQL's: build.py BASE_TAR"""
import os
import sys

import engine
import stack

podman = engine.Engine(os.environ["CONTAINERS"])
podman("import", sys.argv[1], engine.BASE, seconds=600)
stack.Stack(podman).build()
folder = os.path.join(engine.HERE, "postgres")
podman.build(engine.POSTGRES, os.path.join(folder, "Dockerfile"), folder)

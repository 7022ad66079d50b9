#!/bin/sh
# Becomes a systemd that knows the units of a directory and nothing else: process 1 of its namespaces, with the unified hierarchy for itself.
# Usage: systemd-box.sh DIRECTORY; begun in the group that is to be its root.
set -e
mount --make-rprivate /
mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=755 tmpfs /var/lib
umount -R /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
mkdir -p /run/systemd/system
cp "$1"/*.service "$1"/*.target /run/systemd/system/
exec env -i PATH="$PATH" container=test HOME=/root /lib/systemd/systemd --system --unit=box.target --log-target=console --show-status=no

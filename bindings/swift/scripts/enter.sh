#!/bin/sh
# enter.sh ROOT WORKSPACE COMMAND…: runs a command on the file system in ROOT, which sees the workspace, /tmp, /proc and
# /dev under their own names. The mounts belong to a namespace of their own and are gone with the command. Needs root.
set -eu
root=$1 workspace=$2
shift 2
export root workspace chroot="$(command -v chroot)"
exec unshare --mount --fork --kill-child sh -euc '
    mount --bind "$root" "$root"
    mkdir -p "$root/proc" "$root/dev" "$root/tmp" "$root$workspace"
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount --bind /tmp "$root/tmp"
    mount --bind "$workspace" "$root$workspace"
    exec env PATH=/usr/libexec/swift/bin:/usr/bin HOME="$workspace/target/swift" LANG=C.UTF-8 \
        LD_LIBRARY_PATH=/usr/libexec/swift/lib/swift/linux "$chroot" "$root" "$@"
' sh "$@"

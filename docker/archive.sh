#!/bin/sh
# archive.sh FROM FOLDER: a segment of PostgreSQL's changes, whole or not at
# all, into the folder of this machine in FOLDER; never another one over it.
# Where a new leader's changes begin, two machines may hold different ends of
# what was before, so each has a folder of its own.
set -eu
folder=$2/$(hostname)
file=$folder/${1##*/}
if [ -e "$file" ]; then
	exec cmp -s "$1" "$file"
fi
mkdir -p "$folder"
new=$(mktemp "$file.XXXXXX")
trap 'rm -f "$new"' EXIT
cp "$1" "$new"
sync "$new"
mv "$new" "$file"

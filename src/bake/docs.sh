#!/bin/sh
# docs.sh [FOLDER] -- installs the renderer of /docs, by default in build/docs.
#
# swagger-ui, since it understands OpenAPI 3.1, is kept up by the people who
# began the format, and is a few flat files that ask no other server for
# anything: no fonts, no CDN. Which version is package-lock.json's to say; no
# script of any package runs here.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-$root/build/docs}
case $folder in
/*) ;;
*) folder=$PWD/$folder ;;
esac
command -v npm >/dev/null || {
	echo "docs: npm is missing (Debian: apt-get install npm)" >&2
	exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$root/package.json" "$root/package-lock.json" "$root/.npmrc" "$work"
(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --silent)

from=$work/node_modules/swagger-ui-dist
mkdir -p "$work/docs" "$(dirname "$folder")"
cp "$root/src/bake/docs/index.html" "$root/src/bake/docs/start.js" \
	"$from/swagger-ui-bundle.js" "$from/swagger-ui.css" \
	"$from/favicon-32x32.png" "$work/docs"
cp "$from/LICENSE" "$work/docs/LICENSE.txt"
cp "$from/NOTICE" "$work/docs/NOTICE.txt"
cp "$from/swagger-ui-bundle.js.LICENSE.txt" "$work/docs/BUNDLED.txt"
chmod 755 "$work/docs"
chmod 644 "$work/docs"/*
rm -rf "$folder"
mv "$work/docs" "$folder"
echo "docs: $folder"

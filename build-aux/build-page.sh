#!/bin/sh
# Builds the page of www/ into its folder dist, if something of it is newer than what is there. Called by make.
#
#   build-aux/build-page.sh SOURCE NPM      NPM is empty where there is no Node.js
set -eu
top=$1
npm=$2
cd "$top/www"
built=dist/.built

if [ -f "$built" ] &&
    [ -z "$(find src public index.html openapi.yaml package-lock.json vite.config.ts tsconfig.json \
        -type f ! -name schema.d.ts -newer "$built" 2>/dev/null | head -n 1)" ]; then
    exit 0
fi
if [ -z "$npm" ]; then
    if [ -f "$built" ]; then
        echo "the page in www/dist is older than its source, and there is no Node.js to build it" >&2
    else
        echo "there is no Node.js: the web page is not built" >&2
    fi
    exit 0
fi

# Several build folders share this one: one of them builds, the others wait and find it done.
if [ -z "${HOLDFAST_PAGE_LOCKED-}" ] && command -v flock >/dev/null; then
    HOLDFAST_PAGE_LOCKED=1 exec flock .lock "$top/build-aux/build-page.sh" "$top" "$npm"
fi
echo "  PAGE     www/dist"
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    "$npm" ci --prefer-offline --ignore-scripts --no-audit --no-fund --loglevel=error
    touch node_modules/.package-lock.json
fi
"$npm" run -s build -- --outDir dist.new --emptyOutDir
touch dist.new/.built
rm -rf dist
mv dist.new dist

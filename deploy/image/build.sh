#!/bin/sh
# Makes the root of the image below target/: a Java machine with the modules that are needed and no more, the few
# libraries of the system that it links, the distribution, and an AOT cache made for exactly these jars.
# Usage: build.sh JAVA_HOME DISTRIBUTION    (no root rights, no container engine; Linux with glibc)
set -eu

java_home=$1
distribution=$(cd -P "$2" && pwd)
here=$(cd -P "$(dirname "$0")" && pwd)
runtime=$here/target/runtime
application=$here/target/application
home=$application/opt/penstock
# java.compiler: picocli's annotations; java.net.http: the client of Kubernetes. jdk.localedata, jdk.jdwp and the like
# stay out.
modules=java.base,java.compiler,java.logging,java.management,java.naming,jdk.crypto.ec,jdk.jfr,jdk.management,jdk.net
modules=$modules,jdk.unsupported,java.net.http

fail() {
    echo "penstock: $*" >&2
    exit 1
}

[ "$(uname -s)" = Linux ] || fail "the image is built from this machine's system libraries: build it on Linux," \
    "or use deploy/image/Dockerfile."
command -v ldd > /dev/null || fail "needs ldd, which comes with glibc."
[ -x "$java_home/bin/jlink" ] || fail "needs a whole JDK: no jlink in $java_home."

rm -rf "$here/target"
# Jib wants a place for the classes of its module, which has none.
mkdir -p "$runtime/opt" "$home/native" "$home/conf" "$here/target/classes"

# Left out: the file system of modules for other Java machines, the list from which a cache of the JDK's classes is made,
# and a library that sorts long arrays of numbers faster (here there are none).
"$java_home/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --compress zip-9 \
    --exclude-files '/java.base/lib/jrt-fs.jar,/java.base/lib/classlist,/java.base/lib/libsimdsort.so' \
    --output "$runtime/opt/java"

# Symbols for debuggers: five megabytes in the Java machine, half a one in Netty's libraries.
strip_symbols() {
    if command -v strip > /dev/null; then strip --strip-unneeded "$@"; fi
}
find "$runtime/opt/java/lib" -name '*.so' | while IFS= read -r library; do strip_symbols "$library"; done

# The libraries of the system that Java and the native parts link, each under the name by which it is asked for. The
# resolver of names loads its parts when it runs.
system_library() {
    target=$runtime$1
    [ -e "$target" ] && return 0
    mkdir -p "$(dirname "$target")"
    cp -L "$1" "$target"
}
resolver_parts() {
    for name in libnss_dns.so.2 libnss_files.so.2 libresolv.so.2; do
        "${LDCONFIG:-/sbin/ldconfig}" -p | awk -v name="$name" '$1 == name && /64/ { print $NF; exit }'
    done
}

# Native parts unpacked: nothing has to be written anywhere when they are loaded.
arch=$(uname -m)
case $arch in
    x86_64) netty_arch=x86_64 ;;
    aarch64) netty_arch=aarch_64 ;;
    *) fail "no native parts of Netty for $arch." ;;
esac
mkdir -p "$home/lib"
for jar in "$distribution"/lib/*.jar; do
    case $jar in
        *-linux-"$netty_arch".jar)
            (cd "$home/native" && "$java_home/bin/jar" xf "$jar" META-INF/native && mv META-INF/native/* . \
                && rm -rf META-INF)
            ;;
        *-linux-*.jar) ;;
        *) cp "$jar" "$home/lib/" ;;
    esac
done
rm -f "$home"/native/*.a
strip_symbols "$home"/native/*.so
"$java_home/bin/java" "$here/SlimJars.java" "$home/lib" "$home/native" "$here/kept.txt" "$here/target/left-out.txt" \
    || fail "the libraries are not whole without what was left out: see deploy/image/kept.txt."
cp -R "$distribution/plugins" "$distribution/LICENSE" "$home/"

{
    find "$runtime/opt/java" "$home/native" -type f \( -name '*.so' -o -name java \) -exec ldd {} \; 2> /dev/null \
        | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\/.*ld-linux/ { print $1 }' | grep -v "^$here" | sort -u
    resolver_parts
} | while IFS= read -r library; do system_library "$library"; done

mkdir -p "$runtime/etc" "$runtime/tmp" "$application/etc/penstock" "$application/plugins"
chmod 1777 "$runtime/tmp"
echo 'penstock:x:65532:65532:Penstock:/opt/penstock:/sbin/nologin' > "$runtime/etc/passwd"
echo 'penstock:x:65532:' > "$runtime/etc/group"
echo 'hosts: files dns' > "$runtime/etc/nsswitch.conf"
cp "$distribution/conf/penstock.yaml" "$application/etc/penstock/penstock.yaml"

# The class path in one fixed order, as the AOT cache wants it; of this home while it is trained, of /opt/penstock later.
class_path() {
    (cd "$home/lib" && printf '%s\n' *.jar | LC_ALL=C sort | sed "s|^|$1/lib/|" | paste -s -d : -)
}
options() {
    cat "$distribution/conf/jvm.options"
    echo "-XX:-UsePerfData"
    # Heap and buffers outside of it may each take as much; the rest is for code and threads.
    echo "-XX:MaxRAMPercentage=40"
    echo "-Djava.library.path=$1/native"
    echo "-Dpenstock.home=$1"
    echo "-cp $(class_path "$1")"
}
# Jib gives each file this time, and the cache remembers those of the jars.
find "$home" -type f -exec touch -d '1970-01-01T00:00:01Z' {} +

# Training: the server as it will run, which warms itself up over its own loopback. It lists the classes that it loads.
training=$here/target/training
mkdir -p "$training"
options "$home" > "$training/java.options"
printf 'models:\n  - name: none\n    endpoints: ["127.0.0.1:1"]\n' > "$training/penstock.yaml"
PENSTOCK_LISTEN_HOST=127.0.0.1 "$runtime/opt/java/bin/java" -Xshare:off -XX:DumpLoadedClassList="$training/loaded" \
    "@$training/java.options" dev.penstock.server.main.PenstockMain serve --config "$training/penstock.yaml" \
    --port 0 --admin-port 0 > "$training/log" 2>&1 &
server=$!
trap 'kill "$server" 2> /dev/null || true' EXIT
ready=
ask() {
    "$runtime/opt/java/bin/java" "@$training/java.options" dev.penstock.server.main.PenstockMain health \
        --url "$1" > /dev/null 2>&1
}
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    sleep 0.5
    admin=$(sed -n 's|.*admin *\(http://[^ ]*\).*|\1|p' "$training/log" | head -1)
    if [ -n "$admin" ] && ask "$admin/readyz"; then
        ready=yes
        break
    fi
done
[ -n "$ready" ] || fail "the server did not get ready while it was trained: $(cat "$training/log")"
# What is asked first of a server that has just started.
traffic=$(sed -n 's|.*traffic *\(http://[^ ]*\).*|\1|p' "$training/log" | head -1)
for url in "$traffic" "$admin/healthz" "$admin/metrics" "$admin/admin/snapshot"; do
    ask "$url" || fail "no answer from $url while it was trained: $(cat "$training/log")"
done
kill -TERM "$server"
wait "$server" || true
trap - EXIT

# Left out: what the JDK loads after the main class, but for lambdas and threads. It reads its own classes quickly, without
# verifying them; eight megabytes less for a tenth of a second. Of plugins none: who starts the server says which.
awk '$1 == "dev/penstock/server/main/PenstockMain" { main = 1 }
    main && /^(java|javax|jdk|sun)\// && !/^java\/(lang\/invoke|util\/concurrent)\// || / source: / { next }
    { print }' "$training/loaded" > "$training/classes"
grep -q '^dev/penstock/server/main/PenstockMain ' "$training/classes" || fail "no classes were listed in training."
# Interpreted: the cache would keep profiles of the methods that making it has run.
"$runtime/opt/java/bin/java" -Xshare:dump -Xint -XX:+AOTClassLinking -XX:SharedClassListFile="$training/classes" \
    -XX:SharedArchiveFile="$home/penstock.aot" "@$training/java.options" > "$training/dump.log" 2>&1 \
    || fail "no AOT cache was made: $(cat "$training/dump.log")"

{
    echo "-XX:AOTCache=/opt/penstock/penstock.aot"
    options /opt/penstock
} > "$home/conf/image.options"
chmod -R a+rX "$runtime" "$application"
# Bytes of the files, and blocks on this disk.
bytes=$(find "$runtime" "$application" -type f -exec ls -ln {} + | awk '{ sum += $5 } END { printf "%.1f", sum / 1e6 }')
blocks=$(du -sk "$runtime" "$application" | awk '{ sum += $1 } END { printf "%.1f", sum * 1024 / 1e6 }')
echo "unpacked: $bytes MB, in blocks of this disk $blocks MB"

# Starts the server and waits for its owner, who holds the other end of the pipe on the standard input. When the pipe
# closes, because the owner says so or is dead however it died, the server is stopped at once and its folders removed.
# "detach" on the pipe leaves the server alone instead.
#
# Arguments: the server's folder, the socket's folder, the server's command. Standard output: the server's log.
trap '' HUP INT QUIT TERM
home=$1
socket=$2
shift 2
exec 3<&0 </dev/null
"$@" 3<&- &
server=$!
# From here on only the server holds the log, and with it the lock that says it lives.
exec >/dev/null 2>&1
# cat, not read: a signal cannot make it return early, nor can the end of the server.
word=$(cat <&3)
exec 3<&-
if [ "$word" = detach ]; then
    exit 0
fi
kill -s QUIT "$server"
# The server obeys within a few seconds, unless someone suspended it. The log, gone, says that it did.
(
    n=0
    while [ -e "$home/log" ] && [ "$n" -lt 500 ]; do
        sleep 0.02 || { sleep 1 && n=$((n + 49)); }
        n=$((n + 1))
    done
    [ -e "$home/log" ] && kill -s KILL "$server"
) &
deadline=$!
wait "$server"
rm -f -- "$home/log"
wait "$deadline"
rm -rf -- "$home" "$socket"

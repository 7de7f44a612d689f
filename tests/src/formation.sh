# A primary and a standby that pg_auto_failover looks after, until a signal ends all. It runs in a folder of its own.
#
# Arguments: the folder of PostgreSQL's programs, the ports of the monitor and of the two servers.
export PGCONNECT_TIMEOUT=5 PATH="$1:$PATH" HOME="$PWD" XDG_CONFIG_HOME="$PWD/config" XDG_DATA_HOME="$PWD/data" XDG_RUNTIME_DIR="$PWD/run"
bin=$1
port=$2
mkdir -p run
id -un >user

stop() {
    for name in monitor one other; do
        [ -e "$name.group" ] && kill -s KILL -- "-$(cat "$name.group")"
    done
    exit 0
}
trap stop USR1

# Each in a process group of its own, which can be killed as a machine fails.
begin() {
    name=$1
    shift
    setsid pg_autoctl "$@" --pgdata "$PWD/$name" --pgctl "$bin/pg_ctl" --hostname 127.0.0.1 --auth trust --no-ssl --run >"$name.log" 2>&1 &
    echo $! >"$name.group"
}

monitor="postgres://autoctl_node@127.0.0.1:$port/pg_auto_failover"
ask() { psql -X -A -t -q -h 127.0.0.1 -p "$port" -d pg_auto_failover -c "$1"; }

begin monitor create monitor --pgport "$port"
until ask 'SELECT count(*) FROM pgautofailover.node' >/dev/null 2>&1; do sleep 0.2; done
# It has to notice soon what would take it half a minute.
for setting in health_check_period=500 health_check_timeout=1000 health_check_max_retries=1 health_check_retry_delay=200 \
    node_considered_unhealthy_timeout=3000 startup_grace_period=2000 primary_demote_timeout=1000; do
    ask "ALTER SYSTEM SET pgautofailover.${setting%=*} = ${setting#*=}"
done
ask 'SELECT pg_reload_conf()'
begin one create postgres --name one --pgport "$3" --dbname app --monitor "$monitor"
until ask "SELECT reportedstate FROM pgautofailover.node WHERE nodename = 'one'" | grep -q single; do sleep 0.2; done
begin other create postgres --name other --pgport "$4" --dbname app --monitor "$monitor"
while :; do sleep 1; done

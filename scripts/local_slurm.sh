#!/usr/bin/env bash
# A real SLURM cluster of one node, on this computer, for tests and experiments.
#
#   eval "$(scripts/local_slurm.sh up)"    start it; afterwards sbatch, squeue and scancel use it
#   scripts/local_slurm.sh status          what runs; exit code 3 where nothing does
#   scripts/local_slurm.sh down            cancel its jobs, stop it, remove its folder
#
# A second argument, or HYBHANAS_SLURM, names its folder; the default is ${TMPDIR:-/tmp}/hybhanas-slurm.
# It needs root (munged runs as user munge, slurmd starts jobs as their users), Debian's slurm-wlm and
# munge (developed on SLURM 22.05), and a folder that user munge can reach; no systemd. It has its own
# munge key, socket and ports, listens on the loopback alone where the host's name means that, and
# stops only what it started. There is no accounting, so sacct reports nothing.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
umask 022

readonly DAEMONS="munged slurmctld slurmd" # as they start; they stop the other way round
readonly MARK="# made by hybhanas's scripts/local_slurm.sh; its down removes this folder"
readonly CLUSTER=hybhanas FIRST_PORT=26817 PATIENCE_S=30
readonly AS_MUNGE=(setpriv --reuid munge --regid munge --clear-groups)

say() { echo "local_slurm.sh: $*" >&2; }
fail() { say "$@" && exit 1; }

# Whether a process is of this cluster: the daemons, and what they start, have its SLURM_CONF.
belongs() { grep -qsxzF "SLURM_CONF=$conf" "/proc/$1/environ"; }

pid_of() { # of a daemon that runs, else false
	local pid
	pid=$(cat "$folder/$1.pid" 2>/dev/null) && belongs "$pid" &&
		[[ $(cat "/proc/$pid/comm" 2>/dev/null) == "$1" ]] && echo "$pid"
}

running() { # daemons that run
	local name
	for name in $DAEMONS; do pid_of "$name" >/dev/null && echo "$name"; done || true
}

all_run() { [[ $(running | wc -l) == 3 ]]; }

ours() { [[ -O $conf && $(head -1 "$conf") == "$MARK" ]] 2>/dev/null; }

wait_for() { # wait_for SECONDS COMMAND...
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < end)) || return 1
		sleep 0.1
	done
}

gone() { ! belongs "$1"; }

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

node_is_idle() { [[ $(sinfo --noheader --format=%T 2>/dev/null) == idle ]]; }

start() { # start NAME COMMAND...
	local name=$1
	shift
	SLURM_CONF=$conf setsid "$@" </dev/null >"$folder/$name.log" 2>&1 &
	echo $! >"$folder/$name.pid"
}

write_configuration() {
	local host address=127.0.0.1 port=$FIRST_PORT loopback="" resolved
	host=$(hostname -s)
	resolved=$(getent ahostsv4 "$host" | awk 'NR == 1 {print $1}')
	if [[ $resolved == 127.* ]]; then # the daemons bind to what the host's name resolves to
		address=$resolved loopback=CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
	fi
	until is_free "$port" && is_free $((port + 1)); do port=$((port + 2)); done
	cat >"$conf" <<-END
		$MARK
		ClusterName=$CLUSTER
		SlurmctldHost=$host($address)
		SlurmctldPort=$port
		SlurmdPort=$((port + 1))
		$loopback
		SlurmUser=root
		AuthType=auth/munge
		CredType=cred/munge
		# a requeued job waits as long as a credential lives
		AuthInfo=socket=$folder/munge/socket,cred_expire=10
		StateSaveLocation=$folder/state
		SlurmdSpoolDir=$folder/spool
		SlurmctldPidFile=$folder/state/slurmctld.pid
		SlurmdPidFile=$folder/spool/slurmd.pid
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_Core
		MpiDefault=none
		JobRequeue=1
		ReturnToService=2
		KillWait=2
		SchedulerParameters=batch_sched_delay=0,sched_interval=2
		NodeName=$host NodeAddr=$address $(env -u SLURM_CONF slurmd -C | sed -n '1s/NodeName=[^ ]* //p') State=UNKNOWN
		PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
	END
}

up() {
	local command missing=""
	for command in $DAEMONS sbatch; do command -v "$command" >/dev/null || missing+=" $command"; done
	[[ -z $missing ]] || fail "not installed:$missing; apt-get install slurm-wlm munge brings them"
	((EUID == 0)) || fail "up needs root, since munged runs as user munge and jobs as their users"
	if all_run; then
		say "it is up already, in $folder"
		echo "export SLURM_CONF=$conf"
		return
	fi
	if ours; then down; fi
	[[ ! -e $folder ]] || fail "$folder is there and is not a local SLURM's; name a new folder"
	"${AS_MUNGE[@]}" test -x "${folder%/*}/" || fail "user munge cannot reach ${folder%/*}; name another folder"

	mkdir -m 755 "$folder"
	echo "$MARK" >"$conf" # from here on down may remove it
	trap 'say "it did not start:"; tail -n 5 "$folder"/*.log >&2 || true; down' EXIT
	mkdir "$folder/state" "$folder/spool"
	install -d -o munge -g munge -m 755 "$folder/munge"
	(umask 377 && head -c 128 /dev/urandom >"$folder/munge/key")
	chown munge:munge "$folder/munge/key"
	write_configuration

	start munged "${AS_MUNGE[@]}" munged --foreground \
		--key-file "$folder/munge/key" --socket "$folder/munge/socket" \
		--pid-file "$folder/munge/pid" --seed-file "$folder/munge/seed"
	wait_for $PATIENCE_S test -S "$folder/munge/socket"
	start slurmctld slurmctld -D
	start slurmd slurmd -D
	export SLURM_CONF=$conf
	wait_for $PATIENCE_S node_is_idle
	trap - EXIT
	say "it is up, in $folder"
	echo "export SLURM_CONF=$conf"
}

cancel_jobs() {
	local jobs
	jobs=$(timeout 10 squeue --noheader --format=%A 2>/dev/null) || return 0
	# shellcheck disable=SC2086
	[[ -z $jobs ]] || timeout 10 scancel --signal=KILL $jobs 2>/dev/null || true
	# shellcheck disable=SC2086
	[[ -z $jobs ]] || timeout 10 scancel $jobs 2>/dev/null || true
}

left_behind() { # processes of jobs, and those of the names given; a user's shell is neither
	local process pid name
	for process in /proc/[0-9]*; do
		pid=${process##*/}
		belongs "$pid" && name=$(cat "$process/comm" 2>/dev/null) || continue
		if [[ " $* " == *" $name "* ]] ||
			grep -qsxzF SLURM_CLUSTER_NAME=$CLUSTER "$process/environ"; then echo "$pid"; fi
	done
}

no_job_is_left() { [[ -z $(left_behind slurmstepd) ]]; }

down() {
	trap - EXIT
	if ! ours; then
		say "it is not up: nothing of it in $folder"
		return
	fi
	export SLURM_CONF=$conf
	local name pid
	if pid_of slurmctld >/dev/null; then cancel_jobs; fi
	wait_for 10 no_job_is_left || true
	for name in slurmd slurmctld munged; do
		pid=$(pid_of $name) || continue
		kill -TERM "$pid"
		wait_for 10 gone "$pid" || kill -KILL "$pid" 2>/dev/null || true
	done
	# shellcheck disable=SC2086
	left_behind slurmstepd slurmscriptd $DAEMONS | xargs --no-run-if-empty kill -KILL 2>/dev/null || true
	rm -rf "$folder"
	say "it is down"
}

status() {
	local name pid
	if ! ours; then
		echo "down: nothing in $folder"
		return 3
	fi
	for name in $DAEMONS; do
		pid=$(pid_of $name) && echo "$name runs as process $pid" || echo "$name does not run"
	done
	all_run || return 3
	SLURM_CONF=$conf sinfo
	echo "export SLURM_CONF=$conf"
}

folder=$(realpath -m "${2:-${HYBHANAS_SLURM:-${TMPDIR:-/tmp}/hybhanas-slurm}}")
conf=$folder/slurm.conf
case ${1:-} in
up | down | status) "$1" ;;
*) fail "usage: $0 up|down|status [FOLDER]" ;;
esac

#!/bin/sh
# passwords.sh COMMAND ...: with what the secret file says in the environment,
# from where alone Patroni takes its passwords.
set -eu
if [ -e /run/secrets/passwords ]; then
	set -a
	. /run/secrets/passwords
	set +a
fi
exec "$@"

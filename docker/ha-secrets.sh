#!/bin/sh
# The secret files of compose.ha.yaml, made once, into docker/ha.
set -eu
cd "$(dirname "$0")"
install -d -m 700 ha
word() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }
owner=$(word) runtime=$(word)
cat >ha/passwords <<END
PATRONI_SUPERUSER_PASSWORD=$(word)
PATRONI_REPLICATION_PASSWORD=$(word)
PATRONI_REWIND_PASSWORD=$(word)
HEFBOOM_OWNER_PASSWORD=$owner
HEFBOOM_PASSWORD=$runtime
END
hosts=database1,database2,database3
cat >ha/hefboom.conf <<END
database_url = postgresql://hefboom:$runtime@$hosts/hefboom?target_session_attrs=read-write
owner_url = postgresql://hefboom_owner:$owner@$hosts/hefboom?target_session_attrs=read-write
END
head -c 32 /dev/urandom >ha/secret
# Read in the containers by a user of theirs; the folder keeps others out.
chmod 644 ha/*

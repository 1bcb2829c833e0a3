#!/bin/bash
# The five-minute tour: what a newcomer does first, with curl.  What it prints
# is Markdown, each call with the answer that it got just now; it ends at the
# first answer that is not as it should be.
#
#   ./dev run                       in one terminal, and in another
#   tests/tour/tour.sh | less
#
# HEFBOOM_URL, HEFBOOM_BIN and HEFBOOM_ORG tell it of another server.  A step
# whose path is not in /openapi.json is named and left out.
set -euo pipefail

url=${HEFBOOM_URL:-http://127.0.0.1:8080}
hefboom=${HEFBOOM_BIN:-$(dirname "$(realpath "$0")")/../../build/hefboom}
org=${HEFBOOM_ORG:-demo}
title='Before the first step' answer='' feedback='' left_out=0
brief='if .items then .items |= (.[:2] + if length > 2
	then ["and \(length - 2) more"] else [] end) else . end'

fail()
{
	printf '%s: %s\n' "$title" "$*" >&2
	exit 1
}

# step TITLE TEXT: the next calls belong to it.
step()
{
	title=$1
	printf '\n## %s\n\n%s\n' "$title" "$2"
}

# has METHOD PATH: whether this server can do that; else says that it cannot.
has()
{
	jq -e --arg path "$2" --arg method "${1,,}" \
		'.paths[$path] | has($method)' <<<"$document" >/dev/null 2>&1 &&
		return
	printf '\nThis server has no `%s %s` yet.\n' "$1" "$2"
	left_out=$((left_out + 1))
	return 1
}

# call TOKEN METHOD PATH STATUS [BODY [HEADER]]: shown, done, judged; the
# answer's body is in $answer.  TOKEN is the name of a variable.
call()
{
	local token=$1 method=$2 path=$3 wanted=$4 status
	local words=(-H "Authorization: Bearer \$$token") shown word
	[ "$method" = GET ] || words=(-X "$method" "${words[@]}")
	[ -z "${6:-}" ] || words+=(-H "$6")
	[ -z "${5:-}" ] || words+=(-H 'Content-Type: application/json' -d "$5")
	shown='curl -sS'
	for word in "${words[@]}"; do
		case $word in
		-*) shown+=" \\"$'\n'"    $word" ;;
		*\$*) shown+=" \"$word\"" ;;
		*[\ \"]*) shown+=" '${word//\'/\'\\\'\'}'" ;;
		*) shown+=" $word" ;;
		esac
	done
	printf '\n```\n%s \\\n    "%s%s"\n```\n' "$shown" "$url" "$path"
	answer=$(curl -sS -w '\n%{http_code}' \
		"${words[@]/#Authorization: Bearer \$*/Authorization: Bearer ${!token}}" \
		"$url$path") || fail 'the server does not answer'
	status=${answer##*$'\n'}
	answer=${answer%$'\n'*}
	printf '\n%s:\n\n```\n' "$status"
	if [ -n "$answer" ]; then jq "$brief" <<<"$answer"; fi
	printf '```\n'
	[ "$status" = "$wanted" ] || fail "$status, not $wanted: $answer"
}

# pick PATH: what jq finds in the last answer.
pick()
{
	jq -er "$1" <<<"$answer" || fail "no $1 in $answer"
}

document=$(curl -sS -f "$url/openapi.json") || fail "no server at $url"
ELS=$("$hefboom" token --org "$org" --person els --role member)
JONAS=$("$hefboom" token --org "$org" --person jonas --role member)

cat <<END
# Five minutes with Hefboom

Els and Jonas are colleagues. Who calls is told by a token:

\`\`\`
ELS=\$(hefboom token --org $org --person els --role member)
JONAS=\$(hefboom token --org $org --person jonas --role member)
\`\`\`
END

step 'Who am I?' 'A call that tells whether the token is any good.'
call ELS GET /v1/me 200
els=$(pick .id)

step 'List skills' 'What Els has said of herself, and what else there is to offer.
Lists come in pages: pass `next` as `after` for the next one.'
call ELS GET '/v1/me/skills?limit=200' 200
mine=$(pick '[.items[].skill_id]')
call ELS GET '/v1/skills?limit=200&kind=skill,method' 200
skill=$(jq -er --argjson mine "$mine" \
	'[.items[] | select(.state == "active" and all(.id; . != $mine[])).id][0]' \
	<<<"$answer") || fail 'Els has all skills already'

step 'Offer one' 'Els takes the first that she has not; the key makes the call
safe to repeat.'
call ELS POST /v1/me/skills 201 \
	"{\"skill_id\": \"$skill\", \"level\": 4, \"can_help\": \"gladly\", \"visibility\": \"org\"}" \
	"Idempotency-Key: tour-$RANDOM$RANDOM"
call JONAS GET "/v1/skills/$skill/people?limit=5" 200
pick ".items[] | select(.person_id == \"$els\").id" >/dev/null

step 'Set a goal' 'Nobody has to approve it, and nothing in it measures anybody.'
if has POST /v1/goals; then
	call ELS POST /v1/goals 201 \
		"{\"title\": \"Explain it to two colleagues before summer\", \"skill_ids\": [\"$skill\"]}"
	goal=$(pick .id)
	call ELS GET "/v1/goals/$goal" 200
fi

step 'Propose a session' 'A quarter of an hour before work, some day. Els is its
host; once she confirms it, colleagues can take a seat.'
if has POST /v1/sessions && has POST '/v1/sessions/{session_id}/confirm'; then
	printf -v day '%(%Y-%m-%d)T' $(($(date +%s) + (100 + RANDOM % 260) * 86400))
	call ELS POST /v1/sessions 201 \
		"{\"title\": \"A quarter of an hour of practice\", \"starts_local\": \"${day}T07:$((RANDOM % 35 + 10))\", \"zone\": \"Europe/Brussels\", \"duration_min\": 15, \"place\": \"The kitchen\", \"skill_ids\": [\"$skill\"]}"
	session=$(pick .id)
	call ELS POST "/v1/sessions/$session/confirm" 200 '{}'
fi

step 'Sign up as somebody else' 'Jonas wants to be there.'
if has POST '/v1/sessions/{session_id}/seats'; then
	call JONAS POST "/v1/sessions/$session/seats" 201 '{}'
fi

step 'Give feedback' 'Els alone reads it: what to keep, and what to try next.'
if has POST /v1/feedback && has POST '/v1/feedback/{feedback_id}/send'; then
	call JONAS POST /v1/feedback 201 \
		"{\"receiver_id\": \"$els\", \"about\": {\"kind\": \"session\", \"id\": \"$session\"}, \"keep\": \"You asked what we wanted to know before you began.\", \"try_next\": \"Leave the last minute for questions.\"}"
	feedback=$(pick .id)
	call JONAS POST "/v1/feedback/$feedback/send" 200 '{"release": "now"}'
	call ELS GET "/v1/feedback/$feedback" 200
fi

step 'See it in the inbox' 'All of it is there for Els, in the language that she asks for.'
if has GET /v1/me/notifications && [ -n "$feedback" ]; then
	call ELS GET '/v1/me/notifications?kind=feedback_received&limit=5' 200 '' 'Accept-Language: nl'
	pick ".items[] | select(.object.id == \"$feedback\").text" >/dev/null
fi

printf '\n## And then\n\nEverything else is at %s/docs.\n' "$url"
[ "$left_out" = 0 ] || printf 'Left out: %d steps.\n' "$left_out"

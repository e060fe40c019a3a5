#!/bin/sh
# two-domains.sh: what one does with `cosmos`, from a shell. A daemon of its own runs two domains with a wire between them.
#
#   PATH=$PWD/bin:$PATH sh examples/daemon/two-domains.sh
set -eu

folder=$(mktemp -d)
export COSMOS_SOCKET="$folder/cosmos.sock" COSMOS_STATE="$folder/state"
cosmos daemon --log-level warn &
daemon=$!
trap 'kill "$daemon" 2>/dev/null && wait "$daemon"; rm -r "$folder"' EXIT
trap 'exit 1' INT TERM

# It takes connections as soon as it has brought back the domains that it ran before.
until cosmos list >/dev/null 2>&1; do
  kill -0 "$daemon" || exit
  sleep 0.1
done

echo "== Two domains =="
cosmos create --name sink --config - --vif attach=wire:line <<'CLICK'
  FromDevice(0) -> counter :: Counter -> Discard;
CLICK
cosmos create --name source --config - --vif attach=wire:line --param RATE=1000 <<'CLICK'
  source :: RatedSource(LENGTH 50, RATE $RATE)
    -> EtherEncap(0x88b5, 02:00:00:00:00:01, 02:00:00:00:00:02) -> ToDevice(0);
CLICK
cosmos list

echo "== Handlers =="
until [ "$(cosmos read sink counter.count)" -ge 100 ]; do sleep 0.1; done
echo "counter.count is $(cosmos read sink counter.count)"
cosmos write source source.rate 5000
echo "source.rate is $(cosmos read source source.rate)"

echo "== Another configuration for the sink: the counter goes on where it was =="
before=$(cosmos read sink counter.count)
cosmos swap sink - <<'CLICK'
  FromDevice(0) -> counter :: Counter -> CheckLength(1500) -> Discard;
CLICK
[ "$(cosmos read sink counter.count)" -ge "$before" ] && echo "counter.count was $before, and has not become less"

echo "== What it was about, as JSON =="
cosmos info sink --json | head -c 200; echo " ..."
cosmos destroy source sink

// Live events: one stream for all tabs of a browser, turned into DOM events that htmx can wait for:
//   hx-trigger="tp:stock.transfer.posted from:body, tp:reset from:body"
// The tab that holds the lock keeps the stream and tells the others over a channel; when it closes,
// the next tab takes over from the last position. `tp:reset` means: fetch whatever you show.
// A page may carry data-live-after (the feed's position when it was drawn) on its body, to be told
// also what happened between its drawing and its listening.

const CHANNEL = "tp-live";
const KEPT = 200;
const WAIT_MS = 2_000; // before asking again after a refusal, doubled each time
const WAIT_MOST_MS = 30_000;

export function startLive(url = "/live") {
  // Without locks (an address that is neither local nor https) every tab has a stream of its own.
  const channel = navigator.locks ? new BroadcastChannel(CHANNEL) : null;
  const drawnAt = Number(document.body.dataset.liveAfter) || null;
  const recent = []; // the newest messages, kept by the tab with the stream
  let last = drawnAt;
  let source = null;
  let release = null;
  let retry = null;
  let leaving = false;
  let wait = WAIT_MS;

  function show(message) {
    if (message.id) last = Math.max(last ?? 0, message.id);
    if (message.kind === "state") {
      document.documentElement.dataset.live = message.state;
      emit("tp:link", { state: message.state });
    } else if (message.kind === "reset") {
      emit("tp:reset", {});
    } else if (message.kind === "change") {
      emit(`tp:${message.name}`, message);
      emit("tp:change", message);
    }
  }

  function emit(name, detail) {
    document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  function tell(message) {
    if (message.kind !== "state") {
      recent.push(message);
      if (recent.length > KEPT) recent.shift();
    }
    channel?.postMessage(message);
    show(message);
  }

  // A tab that was drawn before it could listen is told what it missed, from the recent messages.
  function answer(after) {
    channel.postMessage({ kind: "state", state: source?.readyState === 1 ? "on" : "off" });
    for (const message of recent) if (message.id > after) channel.postMessage({ ...message, again: after });
  }

  if (channel) channel.onmessage = ({ data }) => {
    if (data.kind === "join") {
      if (source) answer(data.after ?? Infinity);
    } else if (data.again === undefined || data.again === drawnAt) {
      if (data.again === undefined || data.id > (last ?? 0)) show(data);
    }
  };

  function open() {
    const address = last === null ? url : `${url}?after=${last}`;
    source = new EventSource(address);
    source.onopen = () => {
      wait = WAIT_MS;
      tell({ kind: "state", state: "on" });
    };
    source.onerror = () => {
      tell({ kind: "state", state: "off" });
      // The browser reconnects by itself unless it was refused (signed out, or the server is full).
      if (source.readyState !== EventSource.CLOSED) return;
      retry = setTimeout(open, wait);
      wait = Math.min(wait * 2, WAIT_MOST_MS);
    };
    source.addEventListener("hello", (event) => (last = Math.max(last ?? 0, Number(event.lastEventId))));
    source.addEventListener("reset", (event) => {
      last = Number(event.lastEventId);
      tell({ kind: "reset", id: last });
    });
    source.addEventListener("change", (event) => {
      tell({ kind: "change", id: Number(event.lastEventId), ...JSON.parse(event.data) });
    });
  }

  function lead() {
    return new Promise((resolve) => {
      release = resolve;
      if (leaving) resolve();
      else open();
    });
  }

  function start() {
    leaving = false;
    if (!channel) return open();
    channel.postMessage({ kind: "join", after: last });
    navigator.locks.request(CHANNEL, lead);
  }

  // A page in the back-forward cache must neither hold the lock nor the stream.
  addEventListener("pagehide", () => {
    leaving = true;
    clearTimeout(retry);
    source?.close();
    source = null;
    release?.();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) start();
  });
  start();
}

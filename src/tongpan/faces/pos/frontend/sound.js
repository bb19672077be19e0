// Ear and hand say what the eye sees, within the same moment. It can be turned down, not off.
const VOLUME = "till-volume";
const TONES = {
  ok: [[1480, 0, 0.06]],
  paid: [[1175, 0, 0.07], [1568, 0.08, 0.12]],
  stopped: [[330, 0, 0.12], [330, 0.17, 0.12]],
  unknown: [[247, 0, 0.16], [247, 0.2, 0.16], [247, 0.4, 0.22]],
};
const BUZZES = { ok: 40, paid: 40, stopped: [60, 60, 60], unknown: 400 };
let context;

export function volume(chosen) {
  if (chosen) localStorage.setItem(VOLUME, chosen);
  return Number(localStorage.getItem(VOLUME) || 5);
}

export function play(name) {
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(BUZZES[name]);
  try {
    context ||= new AudioContext();
    for (const [pitch, from, length] of TONES[name]) tone(pitch, context.currentTime + from, length);
  } catch { /* a machine without sound still sells */ }
  document.documentElement.dataset.lastSound = name;
}

function tone(pitch, from, length) {
  const source = context.createOscillator(), gain = context.createGain();
  source.type = pitch < 500 ? "square" : "sine";
  source.frequency.value = pitch;
  const loud = (volume() / 10) * (pitch < 500 ? 0.25 : 0.5);
  gain.gain.setValueAtTime(loud, from);
  gain.gain.setTargetAtTime(0, from + length * 0.7, length / 8);
  source.connect(gain).connect(context.destination);
  source.start(from);
  source.stop(from + length + 0.1);
}

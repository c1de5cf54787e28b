/** The player of a movie: it shows one frame after the other, or the one that the slider is at. */

const scene = JSON.parse(document.getElementById("data").textContent);
const picture = document.querySelector("svg");
const slider = document.getElementById("position");
const button = document.getElementById("play");
const caption = document.getElementById("caption");
const last = scene.captions.length - 1;
const marks = scene.varying.map(([number, attributes]) => [picture.children[number], attributes]);
let timer = null;

function show(frame) {
  for (const [mark, attributes] of marks) {
    for (const [name, values] of Object.entries(attributes)) {
      if (name === "text") mark.textContent = values[frame];
      else mark.setAttribute(name, values[frame]);
    }
  }
  slider.value = String(frame);
  slider.setAttribute("aria-valuetext", scene.captions[frame]);
  caption.textContent = `${frame + 1} / ${last + 1}`;
}

function step(by) {
  pause();
  show(Math.min(Math.max(Number(slider.value) + by, 0), last));
}

function play() {
  if (Number(slider.value) === last) show(0);
  button.textContent = "Pause";
  timer = setInterval(
    () => (Number(slider.value) === last ? pause() : show(Number(slider.value) + 1)),
    (1000 * scene.seconds) / (last + 1),
  );
}

function pause() {
  clearInterval(timer);
  timer = null;
  button.textContent = "Play";
}

function toggle() {
  if (timer === null) play();
  else pause();
}

button.addEventListener("click", toggle);
document.getElementById("back").addEventListener("click", () => step(-1));
document.getElementById("step").addEventListener("click", () => step(1));
slider.addEventListener("input", () => {
  pause();
  show(Number(slider.value));
});
document.addEventListener("keydown", (event) => {
  if (event.target.closest("button, input") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " ") toggle();
  else if (event.key === "ArrowLeft") step(-1);
  else if (event.key === "ArrowRight") step(1);
  else return;
  event.preventDefault();
});

show(0);
if (!matchMedia("(prefers-reduced-motion: reduce)").matches && last > 0) play();
document.documentElement.dataset.ready = "true";

/** The controls of the player and of the quiz. */

import { counted } from "./boxes.js";
import { name } from "./chain_rule.js";
import { byId } from "./dom.js";
import { visibleText } from "./graph.js";
import { Quiz } from "./quiz.js";

const STEP_TIME = 1100;

/** Moves the player of an explorer and shows where it is. */
export class Playing {
  constructor(explorer) {
    this.explorer = explorer;
    this.player = explorer.player;
    this.quiz = null;
    this.timer = 0;
    byId("position").max = String(this.player.length);
    this.listen();
    this.showPlayer();
  }

  listen() {
    const on = (id, event, action) => byId(id).addEventListener(event, action);
    on("first", "click", () => this.play(0));
    on("back", "click", () => this.step(-1));
    on("play", "click", () => this.togglePlay());
    on("step", "click", () => this.step(1));
    on("last", "click", () => this.play(this.player.length));
    on("position", "input", (event) => this.play(Number(event.target.value)));
    on("quiz", "click", () => this.toggleQuiz());
    on("question", "submit", (event) => {
      event.preventDefault();
      this.answer();
    });
    on("hint", "click", () => (byId("question-text").textContent = this.quiz.hint));
    on("skip", "click", () => this.ask(`It was ${this.quiz.skip()}.`));
  }

  play(position) {
    this.player.go(position);
    this.showPlayer();
    this.follow();
  }

  follow() {
    const { player } = this;
    const { scene, camera, shown } = this.explorer;
    const key = player.current === null ? null : shown[player.current];
    const place = key === null ? undefined : scene.placeOf(key);
    if (!place) return;
    const { left, right, top, bottom } = camera.window;
    const isSeen =
      place.x >= left && place.x + place.width <= right && place.y >= top && place.y + place.height <= bottom;
    if (!isSeen) camera.show(place, true);
  }

  showPlayer() {
    const { player } = this;
    byId("position").value = String(player.position);
    byId("position").setAttribute("aria-valuetext", player.text);
    const hidden = player.isOn && player.current !== null && this.explorer.shown[player.current] < 0;
    const where = hidden
      ? ` (inside ${this.explorer.tree.blocks[-1 - this.explorer.shown[player.current]].name})`
      : "";
    byId("status").textContent = player.isOn ? player.text + where : this.idleText();
    byId("play").textContent = this.timer ? "Pause" : "Play";
    for (const id of ["first", "back"]) byId(id).disabled = player.isOn && player.position === 0;
    for (const id of ["last", "step"]) byId(id).disabled = player.isOn && player.position === player.length;
    this.explorer.mark();
  }

  idleText() {
    const { graph, pass } = this.explorer;
    const gradients = pass.happened
      ? ""
      : pass.seeds.size
        ? "; backward() was not called yet"
        : "; no gradients";
    return `${counted(graph.size, "value")}${gradients}. Play shows how they were computed.`;
  }

  step(by) {
    const { player } = this;
    // From the finished picture a step on begins anew, a step back goes back.
    const from = player.isOn ? player.position : by > 0 ? -1 : player.length;
    this.play(from + by);
  }

  togglePlay() {
    if (this.timer) return this.pause();
    if (!this.player.isOn || this.player.position === this.player.length) this.play(0);
    const tick = () => {
      this.play(this.player.position + 1);
      if (this.player.position < this.player.length)
        this.timer = setTimeout(tick, STEP_TIME / Number(byId("speed").value));
      else this.pause();
    };
    this.timer = setTimeout(tick, STEP_TIME / Number(byId("speed").value));
    return this.showPlayer();
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.showPlayer();
  }

  leavePlayer() {
    this.pause();
    this.player.leave();
    this.showPlayer();
  }

  toggleQuiz() {
    const isOn = this.quiz === null;
    byId("quiz").setAttribute("aria-pressed", String(isOn));
    byId("question").hidden = !isOn;
    if (!isOn) {
      this.quiz = null;
      this.leavePlayer();
      return;
    }
    this.pause();
    if (!this.player.pass.seeds.size) {
      this.explorer.say("There are no gradients to predict in this graph.");
    }
    this.quiz = new Quiz(this.player);
    if (!this.player.isOn || this.player.next === null) this.play(this.player.turn);
    this.ask("");
    byId("answer").focus();
  }

  ask(remark) {
    const { quiz } = this;
    const question = quiz.question || "That was the whole backward pass.";
    byId("question-text").textContent = remark ? `${remark} ${question}` : question;
    byId("answer").value = "";
    for (const id of ["answer", "hint", "skip"]) byId(id).disabled = !quiz.question;
    byId("score").textContent = `${quiz.right} of ${quiz.asked} right`;
    if (quiz.node !== null) this.showQuestion();
    this.showPlayer();
    if (quiz.node !== null) this.explorer.scene.current = [this.explorer.shown[quiz.node]];
    this.explorer.scene.refresh();
  }

  showQuestion() {
    const place = this.explorer.scene.placeOf(this.explorer.shown[this.quiz.node]);
    if (place) this.explorer.camera.show(place, true);
  }

  answer() {
    const { quiz } = this;
    const text = byId("answer").value;
    if (!quiz.question || !text.trim()) return;
    const child = name(this.explorer.graph, quiz.term.child);
    if (quiz.check(text)) this.ask(`Right: ${text.trim()} goes to ${child}.`);
    else {
      byId("question-text").textContent = `Not ${visibleText(text.trim().slice(0, 40))}. ${quiz.question}`;
      byId("score").textContent = `${quiz.right} of ${quiz.asked} right`;
      byId("answer").select();
    }
  }
}

/** The camera: which part of the picture is seen, moved by pointer, touch, wheel and keys. */

const LEAST = 0.001;
const MOST = 4;
const CLICK = 4;

/** Moves and scales the picture; tells `changed` after every move, at most once a frame. */
export class Camera {
  /**
   * @param {SVGElement} picture what is looked at and listens
   * @param {() => void} changed
   */
  constructor(picture, changed) {
    this.x = 0;
    this.y = 0;
    this.scale = 1;
    this.hasMoved = false; // since the pointer went down: then it is no click
    this.picture = picture;
    this.changed = changed;
    this.pointers = new Map();
    this.waiting = 0;
    this.gliding = 0;
    this.listen();
  }

  /** The size of the picture on the screen. */
  get size() {
    const { clientWidth, clientHeight } = this.picture;
    return { width: clientWidth || 1, height: clientHeight || 1 };
  }

  /** The part of the world that is seen. */
  get window() {
    const { width, height } = this.size;
    const [left, top] = [-this.x / this.scale, -this.y / this.scale];
    return { left, top, right: left + width / this.scale, bottom: top + height / this.scale };
  }

  /** Move by so many pixels. */
  pan(dx, dy) {
    this.stop();
    this.x += dx;
    this.y += dy;
    this.tell();
  }

  /** Scale by a factor around a point of the screen, the middle if left out. */
  zoom(factor, px = this.size.width / 2, py = this.size.height / 2) {
    this.stop();
    const scale = Math.min(Math.max(this.scale * factor, LEAST), MOST);
    this.x = px - ((px - this.x) * scale) / this.scale;
    this.y = py - ((py - this.y) * scale) / this.scale;
    this.scale = scale;
    this.tell();
  }

  /** Show a whole rectangle where it is not seen whole, unless its scale would have to be below `least`. */
  showWhole(rectangle, least) {
    const { left, top, right, bottom } = this.window;
    const { x, y, width, height } = rectangle;
    const isSeen = x >= left && y >= top && x + width <= right && y + height <= bottom;
    const fits = Math.min(this.size.width / width, this.size.height / height) > 1.1 * least;
    if (!isSeen && fits) this.fit(rectangle, true, this.scale);
  }

  /** Show a whole rectangle, not larger than `most`. */
  fit({ x, y, width, height }, glide = false, most = 1.25) {
    const size = this.size;
    const room = Math.min(32, size.width / 20);
    const scale = Math.min((size.width - 2 * room) / width, (size.height - 2 * room) / height, most);
    const target = Math.max(scale, LEAST);
    this.moveTo(
      size.width / 2 - (x + width / 2) * target,
      size.height / 2 - (y + height / 2) * target,
      target,
      glide,
    );
  }

  /** Move just so far that a rectangle is seen, scaled so that it can be read. */
  show({ x, y, width, height }, glide = false) {
    const size = this.size;
    const scale = Math.max(this.scale, Math.min(0.75, (size.width - 20) / width));
    const room = Math.min(60, size.width / 8);
    let [left, top] = [this.x, this.y];
    if (scale !== this.scale) {
      left = size.width / 2 - (x + width / 2) * scale;
      top = size.height / 2 - (y + height / 2) * scale;
    }
    left = within(left, room - x * scale, size.width - room - (x + width) * scale);
    top = within(top, room - y * scale, size.height - room - (y + height) * scale);
    this.moveTo(left, top, scale, glide);
  }

  moveTo(x, y, scale, glide) {
    this.stop();
    if (!glide || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      Object.assign(this, { x, y, scale });
      this.changed();
      return;
    }
    const from = { x: this.x, y: this.y, scale: this.scale };
    const start = performance.now();
    const move = (now) => {
      const part = Math.min((now - start) / 220, 1);
      const eased = 1 - (1 - part) ** 3;
      this.x = from.x + (x - from.x) * eased;
      this.y = from.y + (y - from.y) * eased;
      this.scale = from.scale + (scale - from.scale) * eased;
      this.changed();
      this.gliding = part < 1 ? requestAnimationFrame(move) : 0;
    };
    this.gliding = requestAnimationFrame(move);
  }

  stop() {
    cancelAnimationFrame(this.gliding);
    this.gliding = 0;
  }

  tell() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.changed();
    });
  }

  listen() {
    const { picture } = this;
    picture.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    picture.addEventListener("pointerdown", (event) => this.onDown(event));
    picture.addEventListener("pointermove", (event) => this.onMove(event));
    for (const name of ["pointerup", "pointercancel"])
      picture.addEventListener(name, (event) => this.pointers.delete(event.pointerId));
  }

  onWheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    if (event.shiftKey || Math.abs(dx) > Math.abs(dy)) {
      this.pan(event.shiftKey && !dx ? -dy : -dx, event.shiftKey && !dx ? 0 : -dy);
      return;
    }
    const { left, top } = this.picture.getBoundingClientRect();
    this.zoom(Math.exp(-dy * (event.ctrlKey ? 0.01 : 0.0016)), event.clientX - left, event.clientY - top);
  }

  onDown(event) {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    if (!this.pointers.size) this.hasMoved = false;
    this.pointers.set(event.pointerId, {
      x: event.clientX,
      y: event.clientY,
      fromX: event.clientX,
      fromY: event.clientY,
    });
  }

  onMove(event) {
    const pointer = this.pointers.get(event.pointerId);
    if (!pointer) return;
    if (!this.hasMoved) {
      if (Math.hypot(event.clientX - pointer.fromX, event.clientY - pointer.fromY) < CLICK) return;
      this.hasMoved = true;
      // Not before: a captured pointer would take the click away from what was pressed.
      this.picture.setPointerCapture(event.pointerId);
    }
    const others = [...this.pointers.values()].filter((each) => each !== pointer);
    if (!others.length) this.pan(event.clientX - pointer.x, event.clientY - pointer.y);
    else {
      const [other] = others;
      const before = Math.hypot(pointer.x - other.x, pointer.y - other.y);
      const now = Math.hypot(event.clientX - other.x, event.clientY - other.y);
      const { left, top } = this.picture.getBoundingClientRect();
      this.pan((event.clientX - pointer.x) / 2, (event.clientY - pointer.y) / 2);
      if (before > 0)
        this.zoom(now / before, (event.clientX + other.x) / 2 - left, (event.clientY + other.y) / 2 - top);
    }
    pointer.x = event.clientX;
    pointer.y = event.clientY;
  }
}

function within(value, least, most) {
  if (least > most) return (least + most) / 2; // larger than the screen: its middle
  return Math.min(Math.max(value, least), most);
}

/** Shows the explorer's page in a frame; a new page is put in place of the old one when it is ready. */

const WAIT = 4000; // milliseconds after which a page is shown, ready or not

export default {
  render({ model, el }) {
    const stage = document.createElement("div");
    stage.style.position = "relative";
    stage.style.isolation = "isolate"; // a frame behind the shown one stays in front of the notebook
    stage.style.height = `${model.get("height")}px`;
    el.append(stage);
    let shown = null;
    let coming = null;

    function show() {
      coming?.remove();
      const frame = document.createElement("iframe");
      // It may run its own script and nothing more: it reaches neither notebook nor server.
      frame.setAttribute("sandbox", "allow-scripts");
      frame.title = model.get("description");
      frame.style.cssText =
        "position:absolute;inset:0;width:100%;height:100%;box-sizing:border-box;" +
        "border:1px solid #8b96a3;border-radius:6px";
      if (shown) {
        // Behind the old page and not invisible: browsers do not draw what is invisible, and a page that is not
        // drawn cannot measure itself.
        frame.style.zIndex = "-1";
        frame.setAttribute("aria-hidden", "true");
      }
      coming = frame;
      const reveal = () => {
        clearTimeout(timer);
        if (coming !== frame) return;
        coming = null;
        frame.style.zIndex = "";
        frame.removeAttribute("aria-hidden");
        shown?.remove();
        shown = frame;
      };
      const timer = setTimeout(reveal, WAIT);
      frame.addEventListener("load", reveal, { once: true });
      frame.srcdoc = model.get("page");
      stage.append(frame);
    }

    function resize() {
      stage.style.height = `${model.get("height")}px`;
    }

    model.on("change:page", show);
    model.on("change:height", resize);
    show();
    return () => {
      model.off("change:page", show);
      model.off("change:height", resize);
      coming = null;
      stage.remove();
    };
  },
};

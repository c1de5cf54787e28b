/** Making elements. Whatever the data holds becomes text, never markup. */

const SVG = "http://www.w3.org/2000/svg";

/** Return a new HTML element with attributes and content: elements and texts. */
export function element(tag, attributes = {}, ...content) {
  return filled(document.createElement(tag), attributes, content);
}

/** Return a new SVG element with attributes and content. */
export function svgElement(tag, attributes = {}, ...content) {
  return filled(document.createElementNS(SVG, tag), attributes, content);
}

/** Return the page's element with an id. */
export function byId(id) {
  return document.getElementById(id);
}

/** Return a function that measures texts in the page's font. */
export function textMeasure(fontSize) {
  const context = document.createElement("canvas").getContext("2d");
  const family = getComputedStyle(document.body).fontFamily;
  const known = new Map();
  return (text, bold = false) => {
    const key = bold ? `b${text}` : `n${text}`;
    if (!known.has(key)) {
      context.font = `${bold ? "600 " : ""}${fontSize}px ${family}`;
      known.set(key, context.measureText(text).width);
    }
    return known.get(key);
  };
}

function filled(made, attributes, content) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false)
      made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...content);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** Return an HTML element with attributes and content; content that is no element becomes text, never markup. */
export function element(name, attributes = {}, ...content) {
  return filled(document.createElement(name), attributes, content);
}

/** Return an SVG element in the same way. */
export function svgElement(name, attributes = {}, ...content) {
  return filled(document.createElementNS(SVG, name), attributes, content);
}

function filled(node, attributes, content) {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...content);
  return node;
}

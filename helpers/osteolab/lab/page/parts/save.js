// Files for the reader: text, and a picture with lines of text under it.

/** Return a text as lines no wider than `width`; `measure(text)` says how wide a text is. */
export function wrapText(text, width, measure) {
  const lines = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (line && measure(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return line ? [...lines, line] : lines;
}

/** Return texts as lines in the font of a pen. */
export function wrapTexts(pen, texts, width) {
  return texts.flatMap((text) => wrapText(text, width, (part) => pen.measureText(part).width));
}

/** Hand a file to the reader. */
export function saveFile(name, href) {
  const link = document.createElement("a");
  link.download = name;
  link.href = href;
  document.body.append(link);
  link.click();
  link.remove();
}

/** Hand a text to the reader as a file. */
export function saveText({ name, text, mime }) {
  const href = URL.createObjectURL(new Blob([text], { type: `${mime};charset=utf-8` }));
  saveFile(name, href);
  setTimeout(() => URL.revokeObjectURL(href), 10000);
}

// What the style sheets of the page give to a drawing; a file has no style sheet.
const TEXT_LOOKS = ["fill", "fontFamily", "fontSize", "fontWeight", "textAnchor"];
const LOOKS = [...TEXT_LOOKS, "fillOpacity", "stroke", "strokeWidth", "strokeDasharray", "strokeOpacity", "opacity"];

/** Return the drawings of a figure: those of plotly, of a picture of SVG, and what lies over either. */
function drawings(figure) {
  const all = [...figure.querySelectorAll("svg.main-svg, .ol-part svg, :scope > svg")];
  return all.filter((drawing) => !drawing.parentElement.closest("svg"));
}

function withLooks(drawing) {
  const copy = drawing.cloneNode(true);
  const [parts, looks] = drawing.matches(".main-svg") ? ["text, tspan", TEXT_LOOKS] : ["*", LOOKS];
  const shown = drawing.querySelectorAll(parts);
  copy.querySelectorAll(parts).forEach((node, i) => {
    const style = getComputedStyle(shown[i]);
    for (const look of looks) node.style[look] = style[look];
  });
  copy.style.background = "transparent";
  return copy;
}

function figureAsSvg(figure, box) {
  const all = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  all.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  all.setAttribute("width", box.width);
  all.setAttribute("height", box.height);
  for (const drawing of drawings(figure)) {
    const { x, y, width, height } = drawing.getBoundingClientRect();
    const copy = withLooks(drawing);
    const place = { x: x - box.x, y: y - box.y, width, height };
    for (const [name, value] of Object.entries(place)) copy.setAttribute(name, value);
    all.append(copy);
  }
  return new XMLSerializer().serializeToString(all);
}

/** Hand the figure of a lab to the reader as a PNG, with the caption under it. */
export async function savePicture(root, { name, caption }) {
  const figure = root.querySelector(".ol-figure");
  if (!figure || !drawings(figure).length) return;
  const box = figure.getBoundingClientRect();
  const look = getComputedStyle(root.querySelector(".ol-lab"));
  const [width, height, pad, scale, step] = [box.width, box.height, 16, 2, 22];
  const font = `14px ${look.fontFamily}`;
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(figureAsSvg(figure, box))}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  pen.font = font;
  const lines = wrapTexts(pen, caption, width);
  const whole = [width + 2 * pad, height + lines.length * step + 3 * pad];
  [canvas.width, canvas.height] = whole.map((side) => side * scale);
  pen.scale(scale, scale);
  pen.fillStyle = look.backgroundColor;
  pen.fillRect(0, 0, ...whole);
  pen.drawImage(picture, pad, pad, width, height);
  pen.font = font;
  pen.fillStyle = look.color;
  lines.forEach((line, i) => {
    pen.fillText(line, pad, height + 2 * pad + i * step + 10);
  });
  saveFile(name, canvas.toDataURL("image/png"));
}

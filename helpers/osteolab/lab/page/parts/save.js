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

const LOOKS = ["fill", "fontFamily", "fontSize", "fontWeight"]; // of a text; the style sheet of the lab sets them

function figureAsSvg(plot, width, height) {
  const all = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  all.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  all.setAttribute("width", width);
  all.setAttribute("height", height);
  for (const part of plot.querySelectorAll("svg.main-svg")) {
    const copy = part.cloneNode(true);
    const shown = part.querySelectorAll("text, tspan");
    copy.querySelectorAll("text, tspan").forEach((node, i) => {
      const style = getComputedStyle(shown[i]);
      for (const look of LOOKS) node.style[look] = style[look];
    });
    copy.style.background = "transparent";
    all.append(copy);
  }
  return new XMLSerializer().serializeToString(all);
}

/** Hand the figure of a lab to the reader as a PNG, with the caption under it. */
export async function savePicture(root, { name, caption }) {
  const plot = root.querySelector(".ol-figure .js-plotly-plot");
  if (!plot) return;
  const look = getComputedStyle(root.querySelector(".ol-lab"));
  const [width, height, pad, scale, step] = [plot.clientWidth, plot.clientHeight, 16, 2, 22];
  const font = `14px ${look.fontFamily}`;
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(figureAsSvg(plot, width, height))}`;
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

"""Scripts that ask a page where the words of a lab stand, and what stands in their way."""

# Words of the card and of its figure, line by line; then what is outside, cut, or on top of something else.
FAULTS = r"""root => {
  const card = root.querySelector('.ol-lab'), plot = root.querySelector('.js-plotly-plot');
  const apart = '.ol-tip, .ol-menu, .hoverlayer, .ol-chrome, .ol-hostview, .ol-table, option, style, script';
  const seen = (node) => node.checkVisibility({opacityProperty: true, visibilityProperty: true});
  const read = (text) => text.replaceAll('\u00a0', ' ').trim();
  const words = [], walker = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const parent = text.parentElement, said = read(text.data), range = document.createRange();
    if (!said || parent.closest(apart) || !seen(parent)) continue;
    const first = text.data.search(/[^\s\u00a0]/);
    range.setStart(text, first);
    range.setEnd(text, first + said.length);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 0.5);
    for (const box of boxes) words.push({node: parent.closest('svg text') ?? parent, said, box});
  }
  const within = (box, place, by = 1) => box.left >= place.left - by && box.right <= place.right + by
    && box.top >= place.top - by && box.bottom <= place.bottom + by;
  const meet = (a, b, across, down) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > across
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > down;
  const found = [];
  for (const {node, said, box} of words) {
    if (!within(box, card.getBoundingClientRect())) found.push(`${said} is outside the card`);
    for (let up = node; up !== card; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (/hidden|clip/.test(style.overflowX) && !within(box, up.getBoundingClientRect(), 2)) {
        found.push(`${said} is cut by ${up.getAttribute('class') || up.tagName}`);
        break;
      }
    }
  }
  const circles = [];
  for (const trace of plot?._fullData ?? []) {
    const group = plot.querySelector(`g.trace${trace.uid}`);
    if (!group) continue;
    if (trace.name === 'choices') circles.push(...group.querySelectorAll('path.point'));
    if (trace.cliponaxis === false) continue;
    const frame = plot.getBoundingClientRect(), layout = plot._fullLayout;
    const [x, y] = ['x', 'y'].map((way) => layout[`${way}axis${trace[`${way}axis`].slice(1)}`]);
    const [left, top] = [frame.left + x._offset, frame.top + y._offset];
    const panel = {left, right: left + x._length, top, bottom: top + y._length};
    for (const {node, said, box} of words) {
      if (group.contains(node) && !within(box, panel, 2)) found.push(`${said} is cut by its panel`);
    }
  }
  words.forEach((one, i) => words.slice(0, i).forEach((other) => {
    if (one.node !== other.node && meet(one.box, other.box, 2, 3)) found.push(`${one.said} lies on ${other.said}`);
  }));
  const handles = [...card.querySelectorAll('.noUi-handle, .noUi-target')].filter(seen);
  const controls = 'input:not([type=radio]), select, button';
  const boxes = [...card.querySelectorAll(controls)].filter(seen);
  for (const {node, said, box} of words) {
    const wide = {left: box.left - 3, right: box.right + 3, top: box.top, bottom: box.bottom};
    for (const one of handles) {
      if (meet(wide, one.getBoundingClientRect(), 0, 3)) found.push(`${said} touches a slider`);
    }
    for (const one of boxes) {
      if (!one.contains(node) && !node.closest('label')?.contains(one) && meet(box, one.getBoundingClientRect(), 2, 3))
        found.push(`${said} lies on the ${one.tagName.toLowerCase()} ${one.className}`);
    }
    for (const one of circles) {
      const own = one.closest('g.trace').contains(node);
      if (!own && meet(box, one.getBoundingClientRect(), 2, 3)) found.push(`${said} lies on the circle of a choice`);
    }
  }
  return [...new Set([...found, ...root.olCutOff()])];
}"""

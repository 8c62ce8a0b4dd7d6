// Invisible part of a card: theme class, accessible names, keyboard, and a polite voice for changes.
let count = 0;

function watchTheme(card) {
  const set = () => card.classList.toggle("ol-dark", document.body.dataset.jpThemeLight === "false");
  const seen = new MutationObserver(set);
  seen.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  set();
  return () => seen.disconnect();
}

// A wide cell means a projector: everything grows by the factor of the style.
function watchWidth(card) {
  const room = card.parentElement;
  const seen = new ResizeObserver(() => card.classList.toggle("ol-large", room.clientWidth >= 1500));
  seen.observe(room);
  return () => seen.disconnect();
}

// Radio inputs arrive without a name, so arrow keys would not move between them.
function nameControls(card, model, id) {
  for (const box of card.querySelectorAll(".widget-radio-box")) {
    box.setAttribute("role", "radiogroup");
    box.setAttribute("aria-label", model.get("group") || "choices");
  }
  for (const input of card.querySelectorAll("input[type=radio]")) {
    if (input.name !== id) input.name = id;
    input.dataset.lmSuppressShortcuts = "true";
  }
  card.setAttribute("role", "region");
  card.setAttribute("aria-label", model.get("name"));
}

function render({ model, el }) {
  const id = `ol-card-${++count}`;
  const voice = document.createElement("div");
  voice.className = "ol-voice";
  voice.setAttribute("aria-live", "polite");
  el.append(voice);
  let stops = [], seen = null, tries = 0;
  const attach = () => {
    const card = el.closest(".ol-card");
    if (!card) { if (++tries < 200) setTimeout(attach, 25); return; }
    stops = [watchTheme(card), watchWidth(card)];
    const names = () => nameControls(card, model, id);
    seen = new MutationObserver(names);
    seen.observe(card, { childList: true, subtree: true });
    model.on("change:name change:group", names);
    names();
  };
  let waiting = null;
  const speak = () => { clearTimeout(waiting); waiting = setTimeout(() => { voice.textContent = model.get("announce"); }, 400); };
  model.on("change:announce", speak);
  attach();
  return () => { stops.forEach((stop) => stop()); if (seen) seen.disconnect(); model.off("change:announce", speak); };
}

export default { render };

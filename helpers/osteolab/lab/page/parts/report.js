/** Let a picture report its part of the state of its lab; what it reports goes before what the card says. */
export function reportState(el, report) {
  el.dataset.olState = "";
  el.olState = report;
}

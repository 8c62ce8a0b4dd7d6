// A kept notebook shows views of sliders that ended with the Python of an earlier visit. Their saved text stands in for them.

const VIEW = "application/vnd.jupyter.widget-view+json";

/** Return outputs without the views for which there is a text. */
export function withoutViews(outputs) {
  return outputs.map((output) => {
    if (!(output.data?.[VIEW] && output.data["text/plain"])) return output;
    const { [VIEW]: _, ...data } = output.data;
    return { ...output, data };
  });
}

/** Let the text stand in for the view in every cell of a notebook that was just opened. */
export function dropViews(notebook) {
  for (const cell of notebook.content.widgets) {
    const { outputs } = cell.model;
    const all = outputs?.toJSON() ?? [];
    if (all.some((output) => output.data?.[VIEW])) outputs.fromJSON(withoutViews(all));
  }
}

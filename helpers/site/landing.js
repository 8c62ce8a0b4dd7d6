// The start page. Without this script everything on it works but the list of your own copies and the reset.
(() => {
  const VERSION = document.documentElement.dataset.version;
  const $ = (id) => document.getElementById(id);
  let site = null;
  let copies = null;

  /** Return a new element with text or children. */
  function make(tag, options = {}, ...children) {
    const element = Object.assign(document.createElement(tag), options);
    element.append(...children);
    return element;
  }

  function warn(text) {
    $("notice").append(make("p", { textContent: text }));
  }

  function say(text) {
    $("done").textContent = text;
  }

  function explain(error) {
    say(
      error instanceof copies.HeldElsewhere ? error.message : `This browser did not allow it. ${error?.message ?? ""}`,
    );
  }

  /** Replace `button` by a question with two answers; the safe one has the focus. */
  function ask(button, question, yes, act) {
    const no = make("button", { type: "button", textContent: "No, keep it" });
    const go = make("button", { type: "button", textContent: yes, className: "danger" });
    const box = make("span", { className: "ask" }, make("span", { textContent: question }), no, go);
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", question);
    const back = () => {
      box.replaceWith(button);
      button.focus();
    };
    no.onclick = back;
    box.onkeydown = (event) => {
      if (event.key === "Escape") back();
    };
    go.onclick = async () => {
      go.disabled = no.disabled = true;
      try {
        await act();
      } catch (error) {
        back();
        explain(error);
        return;
      }
      box.replaceWith(button);
      await show();
      $("copies-title").focus();
    };
    button.replaceWith(box);
    no.focus();
  }

  function row(copy) {
    const name = copies.shortName(copy.path);
    const heading = copy.known ? `${name} ${copy.title}` : copy.path;
    const verb = copy.known ? "Reset" : "Delete";
    const when = copy.changed?.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" }) ?? "date unknown";
    const save = make("button", { type: "button", textContent: "Download my copy" });
    save.setAttribute("aria-label", `Download my copy of ${heading}`);
    save.onclick = () => copies.downloadCopy(copy);
    const reset = make("button", { type: "button", textContent: `${verb} ${name}` });
    reset.setAttribute("aria-label", `${verb} ${heading}`);
    reset.onclick = () =>
      ask(reset, copies.resetQuestion(copy.path, verb), `Yes, ${verb.toLowerCase()} it`, async () => {
        await copies.resetCopy(copy.path);
        say(copy.known ? `${heading} is as the site has it again.` : `${heading} is deleted.`);
      });
    const text = make(
      "div",
      {},
      make("strong", { textContent: heading }),
      make("span", { textContent: `changed ${when}` }),
    );
    if (!copy.known)
      text.append(make("span", { textContent: "This file is your own; the site has none of this name." }));
    if (copy.older) text.append(make("p", { className: "older", textContent: copy.sentence }));
    return make("li", {}, text, make("div", { className: "buttons" }, save, reset));
  }

  async function show() {
    const found = await copies.listCopies(site);
    $("kept").replaceChildren(...found.map(row));
    $("kept").hidden = !found.length;
    $("none").hidden = Boolean(found.length);
    $("reset").hidden = false;
  }

  function resetEverything() {
    const question =
      "Reset everything? All your copies and settings of this course in this browser are deleted for good.";
    ask($("reset-all"), question, "Yes, reset everything", async () => {
      await copies.resetAll();
      say("Everything is as the site has it again.");
    });
  }

  async function start() {
    if (location.protocol === "file:") {
      warn(
        "You opened this page as a file. It can be read, but a browser does not let a file start the notebooks. " +
          "In the folder of this page, type: python3 serve.py",
      );
      return;
    }
    // Where the browser allows it, a page that cannot be reached says so itself.
    navigator.serviceWorker?.register("./offline.js").catch(() => {});
    try {
      copies = await import("./copies.js?v=__OSTEOLAB_VERSION__");
      site = await copies.readSite().catch(() => null);
      if (site && site.version !== VERSION) {
        warn(
          `This page is from version ${VERSION}; the site now has ${site.version}. Reload the page to get the new one.`,
        );
      }
      $("reset-all").onclick = resetEverything;
      await show();
    } catch {
      $("unable").hidden = false;
    }
  }

  start();
  // Coming back from a notebook with the Back button shows this page as it was left.
  window.addEventListener("pageshow", (event) => event.persisted && copies && show());
})();

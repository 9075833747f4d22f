// What a page can do beyond links and forms: drop files and folders, show how far they are sent, print. Every page works
// without this file, except for the progress of sending.
"use strict";

(() => {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // Browsers open the folded part that an address points into; older ones are helped.
  const unfold = () => {
    const target = document.getElementById(location.hash.slice(1));
    const closed = () => target && target.closest("details:not([open])");
    if (!closed()) return;
    while (closed()) closed().open = true;
    target.scrollIntoView({ block: "center" });
  };
  addEventListener("hashchange", unfold);
  if (document.querySelector(".concepts, .says")) unfold();

  // A typed fact may say where on the page's picture it stands: a rectangle that a person draws.
  const place = document.querySelector("[data-place]");
  const pictures = [...document.querySelectorAll("figure.marked")];
  if (place && pictures.length) {
    const [region, number] = ["region", "page"].map((name) => place.closest("form").elements[name]);
    const [draw, words] = ["[data-draw]", "[data-place-words]"].map((which) => place.querySelector(which));
    const shape = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    shape.classList.add("here");
    place.hidden = false;
    const drawing = (on) => {
      document.body.classList.toggle("drawing", on);
      draw.textContent = on ? "Stop marking" : "Mark the place on the page";
    };
    draw.addEventListener("click", () => {
      const on = !document.body.classList.contains("drawing");
      drawing(on);
      words.textContent = on ? "Draw a box around the words on the picture." : "";
      if (on) (document.getElementById(`page-${number.value}`) ?? pictures[0]).scrollIntoView({ block: "start" });
    });
    const canvas = (figure) => {
      const known = figure.querySelector("svg");
      if (known) return known;
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      for (const [name, value] of [["viewBox", "0 0 1000 1000"], ["preserveAspectRatio", "none"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
      figure.append(svg);
      return svg;
    };
    for (const figure of pictures) {
      let from = null;
      const at = (event) => {
        const box = figure.getBoundingClientRect();
        const part = (value, start, length) => Math.min(1, Math.max(0, (value - start) / length));
        return [part(event.clientX, box.left, box.width), part(event.clientY, box.top, box.height)];
      };
      const box = (event) => {
        const [x, y] = at(event);
        return [Math.min(x, from[0]), Math.min(y, from[1]), Math.max(x, from[0]), Math.max(y, from[1])];
      };
      figure.addEventListener("pointerdown", (event) => {
        if (!document.body.classList.contains("drawing")) return;
        event.preventDefault();
        from = at(event);
        figure.setPointerCapture(event.pointerId);
        canvas(figure).append(shape);
      });
      figure.addEventListener("pointermove", (event) => {
        if (!from) return;
        const [x0, y0, x1, y1] = box(event);
        const sides = { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
        for (const [name, value] of Object.entries(sides)) shape.setAttribute(name, Math.round(value * 1000));
      });
      figure.addEventListener("pointerup", (event) => {
        if (!from) return;
        const sides = box(event);
        from = null;
        if (sides[2] - sides[0] < 0.005 || sides[3] - sides[1] < 0.005) return;
        region.value = sides.map((side) => side.toFixed(4)).join(",");
        number.value = figure.closest("[id^=page-]").id.slice("page-".length);
        words.textContent = `Marked on page ${number.value}.`;
        drawing(false);
        place.scrollIntoView({ block: "center" });
      });
      figure.addEventListener("pointercancel", () => (from = null));
    }
  }

  const form = document.querySelector("[data-upload]");
  if (!form) return;

  const hint = form.querySelector("[data-drop-hint]");
  const refusal = form.querySelector("[data-upload-refusal]");
  const progress = form.querySelector("[data-upload-progress]");
  const bar = progress.querySelector("progress");
  const words = progress.querySelector("[data-upload-words]");
  const submit = form.querySelector("button[type=submit]");
  let request = null;
  hint.hidden = false;

  const refuse = (sentence) => {
    refusal.textContent = sentence;
    refusal.hidden = !sentence;
  };

  const megabytes = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

  const done = () => {
    request = null;
    progress.hidden = true;
    submit.hidden = false;
  };

  const send = (files) => {
    if (request) return;
    if (!files.length) {
      refuse("No file was chosen. Choose files or a folder first.");
      return;
    }
    refuse("");
    const body = new FormData();
    for (const { file, path } of files) body.append("files", file, path);
    request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      bar.value = event.total ? (100 * event.loaded) / event.total : 0;
      words.textContent = `${megabytes(event.loaded)} of ${megabytes(event.total)}`;
    });
    request.addEventListener("load", () => {
      if (request.status === 200) {
        location.assign(JSON.parse(request.responseText).progress);
        return;
      }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const sentence = page.querySelector("main .lead");
      done();
      refuse(sentence ? sentence.textContent : "The files could not be sent. Try again.");
    });
    request.addEventListener("error", () => {
      done();
      refuse("The program could not be reached. Is it still running? Nothing was added.");
    });
    request.addEventListener("abort", () => {
      done();
      refuse("Stopped. Nothing was added.");
    });
    progress.hidden = false;
    submit.hidden = true;
    request.send(body);
  };

  const chosen = () =>
    [...form.querySelectorAll("input[type=file]")].flatMap((input) =>
      [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })),
    );

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(chosen());
  });
  progress.querySelector("[data-upload-stop]").addEventListener("click", () => request && request.abort());

  // A dropped folder is read to its end; readEntries yields a part at a time.
  const entries = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
  const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));
  const walk = async (entry, found) => {
    if (entry.isFile) {
      found.push({ file: await fileOf(entry), path: entry.fullPath.replace(/^\//, "") });
      return;
    }
    const reader = entry.createReader();
    for (let some = await entries(reader); some.length; some = await entries(reader)) {
      for (const inner of some) await walk(inner, found);
    }
  };

  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", async (event) => {
    event.preventDefault();
    form.classList.remove("over");
    const dropped = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
    const found = [];
    try {
      for (const entry of dropped) await walk(entry, found);
    } catch {
      refuse("Part of what you dropped could not be read. Nothing was added. Try choosing the files instead.");
      return;
    }
    send(found);
  });
})();

// What a page can do beyond links and forms: drop files and folders, show how far they are sent, print. Every page works
// without this file, except for the progress of sending.
"use strict";

(() => {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
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

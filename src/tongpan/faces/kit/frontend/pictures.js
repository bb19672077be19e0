// Pictures are sent as soon as they are chosen, made smaller first: a phone's photograph has many
// times the pixels that any page shows. What the browser cannot read goes as it is; the server says.
const SIDE_MAX = 1600;
const BYTES_MAX = 400_000;

export function startPictures() {
  document.querySelectorAll("form[data-pictures]").forEach((form) => {
    const input = form.querySelector("input[type=file]");
    form.querySelector("[data-send]").hidden = true;
    input.addEventListener("change", async () => {
      const chosen = new DataTransfer();
      for (const file of input.files) chosen.items.add(await smaller(file).catch(() => file));
      input.files = chosen.files;
      form.setAttribute("aria-busy", "true");
      form.submit();
    });
  });
}

async function smaller(file) {
  const drawn = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, SIDE_MAX / Math.max(drawn.width, drawn.height));
  if (scale === 1 && file.size <= BYTES_MAX) return file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(drawn.width * scale);
  canvas.height = Math.round(drawn.height * scale);
  const on = canvas.getContext("2d");
  on.fillStyle = "#fff"; // what was transparent
  on.fillRect(0, 0, canvas.width, canvas.height);
  on.drawImage(drawn, 0, 0, canvas.width, canvas.height);
  const made = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.85); });
  if (!made || made.size >= file.size) return file;
  return new File([made], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
}

// The digit of all tabs as a picture, where it is no drawing of the pad's: 28x28 bytes in base64, ink = 255, or null.

const PICTURE = "digit-picture";

const sharedPicture = () => window.digitPicture ?? null;

function sharePicture(pixels) {
	window.digitPicture = pixels;
	window.dispatchEvent(new CustomEvent(PICTURE));
}

const onPicture = (callback) => window.addEventListener(PICTURE, callback);

const pictureOf = (shares) => btoa(String.fromCharCode(...shares.map((share) => Math.round(255 * share))));

// In the text's own colour over the paper's, so that it suits light and dark.
function paintPicture(canvas, pixels) {
	const context = canvas.getContext("2d");
	const image = context.createImageData(28, 28);
	const [red, green, blue] = getComputedStyle(canvas).color.match(/\d+/g).map(Number);
	const ink = atob(pixels ?? "");
	for (let at = 0; at < ink.length; at++) image.data.set([red, green, blue, ink.charCodeAt(at)], 4 * at);
	if (canvas.width !== 28) canvas.width = canvas.height = 28;
	context.putImageData(image, 0, 0);
}

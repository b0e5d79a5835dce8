// Paper is white: a dark page is printed as a light one, and its pictures are painted anew for it.

let dark = false;

addEventListener("beforeprint", () => {
	dark = document.body.classList.contains("dark");
	document.body.classList.remove("dark");
});
addEventListener("afterprint", () => document.body.classList.toggle("dark", dark));

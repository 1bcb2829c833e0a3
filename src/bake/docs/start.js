"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");
const paint = () =>
	document.documentElement.classList.toggle("dark-mode", dark.matches);

/* The renderer fills every example in: with all of them a list is empty. */
function tell_example(parameter)
{
	if (parameter.required || parameter.example === undefined)
		return;
	parameter.description += ` Such as \`${parameter.example}\`.`;
	delete parameter.example;
}

function every_parameter(spec)
{
	const items = Object.values(spec.paths);

	return [...items, ...items.flatMap((item) => Object.values(item))]
		.flatMap((one) => one.parameters ?? [])
		.concat(Object.values(spec.components.parameters));
}

/*
 * No validator: nothing on this page asks another server for anything.  Tags
 * are closed, for of more than 150 lines only those in sight are there.
 */
function show(spec)
{
	every_parameter(spec).forEach(tell_example);
	SwaggerUIBundle({
		spec,
		dom_id: "#docs",
		deepLinking: true,
		docExpansion: "none",
		displayRequestDuration: true,
		defaultModelsExpandDepth: 0,
		filter: true,
		persistAuthorization: false,
		validatorUrl: null,
	});
}

async function start()
{
	const reply = await fetch("/openapi.json");

	show(await reply.json());
}

paint();
dark.addEventListener("change", paint);
start();

"use strict";

/* No validator: nothing on this page asks another server for anything. */
SwaggerUIBundle({
	url: "/openapi.json",
	dom_id: "#docs",
	deepLinking: true,
	displayRequestDuration: true,
	defaultModelsExpandDepth: 0,
	filter: true,
	persistAuthorization: false,
	validatorUrl: null,
});

/** OpenAPI at /docs (page), /docs/openapi.json and /docs/openapi.yaml. The schemas are those of the contracts classes. */
import type { INestApplication } from '@nestjs/common'
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger'

/** The OpenAPI document of all routes of the application. */
export const openApiOf = (app: INestApplication, version: string): OpenAPIObject => SwaggerModule.createDocument(app, new DocumentBuilder()
  .setTitle('Chorus').setVersion(version)
  .setDescription('Commands answer { stream, ordinal, revision, recordedtime, repeated }. Errors are problem+json; the types are listed at /problems.')
  .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'ES256. Demonstration: npx chorus token --role ROLE' })
  .setOpenAPIVersion('3.1.0').build())

/** Serves document and page. They show the interface, nothing of any case, and need no token. */
export const serveOpenApi = (app: INestApplication, version: string): void => {
  SwaggerModule.setup('docs', app, () => openApiOf(app, version), { jsonDocumentUrl: 'docs/openapi.json', yamlDocumentUrl: 'docs/openapi.yaml', customSiteTitle: 'Chorus · HTTP interface', swaggerOptions: { persistAuthorization: false } })
}

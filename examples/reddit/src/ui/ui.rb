# frozen_string_literal: true

require 'erubi'
require 'sinatra/base'
require_relative 'service'

# The pages: a list of posts, a form for a new one, a post with its comments. Everything it shows it asks of the others.
class UI < Sinatra::Base
  VERSION = File.read(File.join(__dir__, 'VERSION')).strip
  POST = Service.new('POST_SERVICE')
  COMMENT = Service.new('COMMENT_SERVICE')

  # Erubi's; the standard library's ERB would not escape.
  set :erb, escape_html: true

  get '/' do
    @posts = POST.get('/posts')
    erb :index
  end

  get('/new') { erb :new }

  post '/new' do
    POST.post('/posts', title: params['title'], link: params['link'])
    redirect '/'
  end

  get '/post/:id' do
    @post = POST.get("/posts/#{post_id}")
    @comments = COMMENT.get("/comments?post_id=#{post_id}")
    erb :post
  end

  post '/post/:id/comment' do
    COMMENT.post('/comments', post_id: post_id, name: params['name'], body: params['body'])
    redirect "/post/#{post_id}"
  end

  get '/healthcheck' do
    content_type :json
    services = availability
    status 503 if services.values.min.zero?
    { status: services.values.min, dependent_services: services, version: VERSION }.to_json
  end

  # For Prometheus. All of it is measured now, so it is the same whichever of puma's workers answers.
  get '/metrics' do
    content_type 'text/plain; version=0.0.4; charset=utf-8'
    services = availability
    [
      gauge('ui_health', 'Whether ui and the services that it shows are well.', services.values.min),
      gauge('ui_health_comment_availability', 'Whether comment is well.', services[:comment]),
      gauge('ui_health_post_availability', 'Whether post is well.', services[:post])
    ].join
  end

  error Service::Refused do
    status env['sinatra.error'].status
    erb 'That did not work: <%= env["sinatra.error"].message %>'
  end

  error Service::Unavailable do
    status 503
    erb 'A service is away: <%= env["sinatra.error"].message %>'
  end

  helpers do
    # Both at the same time: the answer must not take longer because two of them are away.
    def availability
      services = { post: POST, comment: COMMENT }
      asked = services.transform_values { |service| Thread.new { service.healthy? ? 1 : 0 } }
      asked.transform_values(&:value)
    end

    def gauge(name, help, value)
      "# HELP #{name} #{help}\n# TYPE #{name} gauge\n#{name} #{value}\n"
    end

    # Only http links are links: a javascript: one would run in the reader's browser.
    def link_to(post)
      post['link'].match?(%r{\Ahttps?://}) ? post['link'] : "/post/#{post['id']}"
    end

    def at(time)
      Time.at(time).utc.strftime('%Y-%m-%d %H:%M')
    end

    # It becomes part of an address inside, so it must be an id and nothing else.
    def post_id
      params['id'].match?(/\A\h{24}\z/) ? params['id'] : halt(404, 'no such post')
    end
  end
end

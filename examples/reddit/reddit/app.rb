# frozen_string_literal: true

require 'erubi'
require 'mongo'
require 'sinatra/base'
require 'uri'

# The application before it became three services: posts with votes, kept in MongoDB.
class Reddit < Sinatra::Base
  VOTES = { 'up' => 1, 'down' => -1 }.freeze

  Mongo::Logger.logger.level = Logger::WARN

  # Erubi's; the standard library's ERB would not escape.
  set :erb, escape_html: true

  class << self
    # Connects at the first use, so that every puma worker has its own connections.
    def posts
      @lock.synchronize { @client ||= connect }[:posts]
    end

    private

    def connect
      url = URI(ENV.fetch('DATABASE_URL'))
      # Not the URL itself: Debian's driver reads it by a function that Ruby no longer has.
      Mongo::Client.new(["#{url.host}:#{url.port || 27_017}"], database: url.path.delete_prefix('/'),
                                                               server_selection_timeout: 5)
    end
  end
  @lock = Mutex.new

  get '/' do
    @posts = posts.find.sort(votes: -1, created_at: -1).to_a
    erb :index
  end

  get('/new') { erb :new }

  post '/new' do
    title, link = %w[title link].map { |field| params[field].to_s.strip }
    # Anything but http (javascript:) would run in the reader's browser.
    halt 400, 'a title and a link are wanted' unless !title.empty? && link.match?(%r{\Ahttps?://\S+\z})

    posts.insert_one(title: title, link: link, votes: 0, created_at: Time.now.to_f)
    redirect '/'
  end

  post '/post/:id/vote/:direction' do
    by = VOTES.fetch(params['direction']) { halt 404 }
    found = posts.update_one({ _id: id }, { '$inc' => { votes: by } })
    halt 404, 'no such post' if found.matched_count.zero?

    redirect '/'
  end

  private

  def posts
    Reddit.posts
  end

  def id
    BSON::ObjectId.legal?(params['id']) ? BSON::ObjectId.from_string(params['id']) : halt(404, 'no such post')
  end
end
